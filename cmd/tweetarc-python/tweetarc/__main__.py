"""`python -m tweetarc` is the command."""
import os
import signal
import subprocess
import sys

from . import find_command


def main() -> None:
    command = [find_command(), *sys.argv[1:]]
    if sys.platform != "win32":
        os.execv(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which ends by itself
    sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main()
