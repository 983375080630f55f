#!/bin/sh
# GoAccess over a gw log into one JSON report. usage: sh goaccess.sh LOG REPORT
exec goaccess "$1" -o "$2" --no-progress --date-format='%s' --time-format='%s' \
    --log-format='%x.%^ %h "%^" %v "%r" %s %b %^ %T "%^" "%^" "%^" %^ %^ "%R" "%u"'
