#!/bin/sh
# npm run flash, from any folder: ./flash.sh -p /dev/ttyUSB0 --kit 2
cd "$(dirname "$0")" || exit
exec npm run --silent flash -- "$@"
