#!/bin/sh
# git asks `Username for ...` or `Password for ...`: https://git-scm.com/docs/gitcredentials
case "$1" in
  Username*) cat "$LIFEBOAT_CREDENTIAL.user" ;;
  *) cat "$LIFEBOAT_CREDENTIAL.password" ;;
esac
