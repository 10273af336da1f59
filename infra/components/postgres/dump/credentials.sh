#!/usr/bin/env bash
# Puts into $CREDENTIALS what the next step connects with: user, password, and the authorities that the server's certificate must lead to.
# Reads SECRET_ARN (a JSON text with username and password) and AUTHORITIES_URL (PEM).
set -euo pipefail
umask 027
# printf writes other characters than ASCII's only where the locale has them.
export LC_ALL=C.UTF-8

fail() {
  echo "credentials: $1" >&2
  exit 1
}

# The image has no JSON parser. Prints the string field $2 of the JSON text $1.
json_string() {
  local pattern="\"$2\"[[:space:]]*:[[:space:]]*\"(([^\"\\\\]|\\\\.)*)\""
  [[ $1 =~ $pattern ]] || fail "the secret has no text \"$2\"; it must be JSON with username and password. Hint: check the secret of the database"
  local text=${BASH_REMATCH[1]} out='' escaped
  while [[ $text == *\\* ]]; do
    out+=${text%%\\*}
    text=${text#*\\}
    case ${text:0:1} in
      u)
        [[ ${text:1:4} != [dD][89a-fA-F]* ]] || fail "the secret's text \"$2\" has a character beyond 16 bits as an escape. Hint: write the character itself"
        printf -v escaped "\\u${text:1:4}"
        text=${text:5}
        ;;
      n) escaped=$'\n' text=${text:1} ;;
      t) escaped=$'\t' text=${text:1} ;;
      r) escaped=$'\r' text=${text:1} ;;
      b) escaped=$'\b' text=${text:1} ;;
      f) escaped=$'\f' text=${text:1} ;;
      *) escaped=${text:0:1} text=${text:1} ;;
    esac
    out+=$escaped
  done
  printf '%s' "$out$text"
}

secret=$(aws secretsmanager get-secret-value --secret-id "$SECRET_ARN" --query SecretString --output text)
json_string "$secret" username >"$CREDENTIALS/username"
json_string "$secret" password >"$CREDENTIALS/password"
curl --silent --show-error --fail --location --retry 5 --max-time 60 --output "$CREDENTIALS/authorities.pem" "$AUTHORITIES_URL" ||
  fail "the authorities of the server's certificate could not be had from $AUTHORITIES_URL. Hint: let the job out to it, or set postgres.dump.authorities to where they are"
echo "credentials: of $SECRET_ARN"
