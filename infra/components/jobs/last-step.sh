#!/bin/sh
# last-step.sh NAME COMMAND...: a job's last step, in an image with the AWS CLI. Counts in the recovery region whether this attempt failed, by which step, and
# ends as the attempt does. Reads SYSTEM, JOB, RECOVERY_REGION, METRIC_NAMESPACE, FAILURE_METRIC.
set -u
name=$1
shift
failed=''
if [ -e "$CREDENTIALS/failed-step" ]; then
  failed=$(cat "$CREDENTIALS/failed-step")
else
  "$@" || failed=$name
fi

datum() { # value, further dimensions
  printf '{"MetricName":"%s","Unit":"Count","Value":%s,"Dimensions":[{"Name":"System","Value":"%s"},{"Name":"Job","Value":"%s"}%s]}' \
    "$FAILURE_METRIC" "$1" "$SYSTEM" "$JOB" "$2"
}

if [ -z "$failed" ]; then
  data=$(datum 0 '')
else
  data="$(datum 1 ''),$(datum 1 ",{\"Name\":\"Step\",\"Value\":\"$failed\"}")"
fi
# A network without a way to the other region must not hold the attempt up.
export AWS_MAX_ATTEMPTS=2
aws cloudwatch put-metric-data --cli-connect-timeout 10 --cli-read-timeout 20 --region "$RECOVERY_REGION" --namespace "$METRIC_NAMESPACE" --metric-data "[$data]" ||
  echo "$name: nobody could be told how $JOB ended" >&2
if [ -z "$failed" ]; then exit 0; fi
echo "$name: $JOB failed in its step $failed" >&2
exit 1
