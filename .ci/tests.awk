# Reads what go test -json prints. Standard output gets a line of each test that ended:
# package, test, pass or fail or skip, seconds, why it was skipped (separated by tabs).
# Standard error gets a line of each package, and all that failed tests printed.
function field(name,   s) {
	if (!match($0, "\"" name "\":\"([^\"\\\\]|\\\\.)*\"")) return ""
	s = substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
	gsub(/\\\\/, "\001", s); gsub(/\\u003c/, "<", s); gsub(/\\u003e/, ">", s); gsub(/\\u0026/, "\\&", s)
	gsub(/\\n/, "\n", s); gsub(/\\t/, "\t", s); gsub(/\\"/, "\"", s); gsub(/\001/, "\\", s)
	return s
}
{ action = field("Action"); test = field("Test"); key = field("Package") "\t" test }
action == "output" || action == "build-output" {
	said = field("Output")
	if (test == "" && said ~ /^(ok|FAIL|panic|#)/) printf "%s", said > "/dev/stderr"
	printed[key] = printed[key] said
	if (match(said, /^ *[a-z0-9_]+_test\.go:[0-9]+: /)) { why[key] = substr(said, RLENGTH + 1); sub(/\n.*/, "", why[key]); gsub(/\t/, " ", why[key]) }
}
action ~ /^(pass|fail|skip)$/ && test != "" {
	elapsed = $0; sub(/.*"Elapsed":/, "", elapsed); sub(/[^0-9.].*/, "", elapsed)
	printf "%s\t%s\t%s\t%s\n", key, action, elapsed + 0, action == "skip" ? why[key] : ""
}
action == "fail" { printf "%s", printed[key] > "/dev/stderr" }
