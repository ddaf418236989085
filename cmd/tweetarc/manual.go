package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// lineWidth is how wide help is set.
const lineWidth = 80

// commandHelp is the help of one command. Lines of descriptions fit into lineWidth;
// examples are indented by three columns.
const commandHelp = `{{.HelpName}}: {{.Usage}}

usage: {{.HelpName}}{{if .VisibleFlags}} [options]{{end}}{{with .ArgsUsage}} {{.}}{{end}}

{{.Description}}

options:
{{options .VisibleFlags}}`

// appHelp is the help of the program.
const appHelp = `{{.Name}}: {{.Usage}}

{{.UsageText}}

commands:
{{range .VisibleCommands}}{{printf "   %-11s%s\n" .Name .Usage}}{{end}}
{{.Description}}
`

func init() {
	cli.AppHelpTemplate, cli.CommandHelpTemplate, cli.SubcommandHelpTemplate = appHelp, commandHelp, commandHelp
	cli.HelpPrinter = func(w io.Writer, template string, data any) {
		cli.HelpPrinterCustom(w, template, data, map[string]any{"options": options})
	}
}

// options are the lines that say what each flag is for.
func options(flags []cli.Flag) string {
	const left = 25
	var b strings.Builder
	for _, f := range flags {
		name, usage, _ := strings.Cut(f.String(), "\t")
		name, _, _ = strings.Cut(name, " [ ") // of a flag that may be repeated
		for _, nothing := range []string{"(default: false)", "(default: 0)"} {
			usage = strings.Replace(usage, nothing, "", 1)
		}
		fmt.Fprintf(&b, "   %-*s", left-3, name)
		if len(name) > left-5 {
			fmt.Fprintf(&b, "\n%*s", left, "")
		}
		setIn(&b, left, usage)
	}
	return b.String()
}

// setIn writes text in lines that begin in column left; the first is there already.
func setIn(b *strings.Builder, left int, text string) {
	at := left
	for i, word := range strings.Fields(text) {
		if i > 0 && at+1+len(word) > lineWidth {
			fmt.Fprintf(b, "\n%*s", left, "")
			at = left
		} else if i > 0 {
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += len(word)
	}
	b.WriteByte('\n')
}

func manCommand() *cli.Command {
	return &cli.Command{
		Name:  "man",
		Usage: "print the manual page",
		Description: `Prints the manual of all commands, in the format of man.

   tweetarc man | man -l -
   tweetarc man > ~/.local/share/man/man1/tweetarc.1`,
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef(c, "%s takes no arguments, but there is %q", c.Command.Name, c.Args().First())
			}
			app := newApp(nil, nil, nil)
			app.Description += "\n\nThe words of these pages:\n\n    " + strings.ReplaceAll(strings.TrimSpace(words), "\n", "\n    ")
			for _, command := range app.Commands { // the generator leaves descriptions out
				command.UsageText = strings.TrimSpace("tweetarc "+command.Name+" [options] "+command.ArgsUsage) + "\n\n" + command.Description
			}
			page, err := app.ToManWithSection(1)
			if err != nil {
				return err
			}
			_, err = io.WriteString(c.App.Writer, page)
			return err
		},
	}
}

// askCompletion is the last argument of a shell that asks what can come next; the package
// cli answers.
const askCompletion = "--generate-bash-completion"

// The scripts ask with the words typed so far, and evaluate none of them. The package cli
// adds descriptions if $0 is zsh.
const (
	bashCompletion = `_tweetarc() {
	local IFS=$'\n' cur=${COMP_WORDS[COMP_CWORD]} words=("${1/#\~/$HOME}" "${COMP_WORDS[@]:1:COMP_CWORD-1}")
	case $cur in --) words+=(-) ;; -*) words+=("$cur") ;; esac
	COMPREPLY=($(compgen -W "$("${words[@]}" ` + askCompletion + ` 2>/dev/null </dev/null)" -- "$cur"))
}
complete -o bashdefault -o default -F _tweetarc tweetarc
`
	zshCompletion = `#compdef tweetarc
_tweetarc() {
	local -a typed answers
	typed=("${(@)words[1,CURRENT-1]}")
	case $words[CURRENT] in --) typed+=(-) ;; -*) typed+=("$words[CURRENT]") ;; esac
	typed[1]=${typed[1]/#\~/$HOME}
	answers=("${(@f)$(env 0=zsh "${(@)typed}" ` + askCompletion + ` 2>/dev/null </dev/null)}")
	if [[ -n $answers[1] ]]; then _describe tweetarc answers; else _files; fi
}
if [[ $funcstack[1] == _tweetarc ]]; then _tweetarc "$@"; else compdef _tweetarc tweetarc; fi
`
	// After the script of the package cli, which completes no file names.
	fishArguments = `complete -c tweetarc -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'
complete -c tweetarc -n '__fish_seen_subcommand_from %s' -F
`
)

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a script with which a shell completes commands",
		ArgsUsage: "bash|zsh|fish",
		Description: `Put the script where your shell looks for it:

   echo 'source <(tweetarc completion bash)' >> ~/.bashrc
   echo 'source <(tweetarc completion zsh)' >> ~/.zshrc    # after compinit
   tweetarc completion fish > ~/.config/fish/completions/tweetarc.fish`,
		BashComplete: func(c *cli.Context) { fmt.Fprint(c.App.Writer, "bash\nzsh\nfish\n") },
		Action: func(c *cli.Context) error {
			script := ""
			switch shell := c.Args().First(); {
			case c.NArg() != 1:
				return usagef(c, "name a shell: bash, zsh or fish")
			case shell == "bash":
				script = bashCompletion
			case shell == "zsh":
				script = zshCompletion
			case shell == "fish":
				own, err := c.App.ToFishCompletion()
				if err != nil {
					return err
				}
				var files []string
				for _, command := range c.App.Commands {
					if strings.Contains(command.ArgsUsage, "PATH") || strings.Contains(command.ArgsUsage, "DIR") || strings.Contains(command.ArgsUsage, "FILE") {
						files = append(files, command.Name)
					}
				}
				script = strings.ReplaceAll(own, "`", "") + fmt.Sprintf(fishArguments, strings.Join(files, " "))
			default:
				return usagef(c, "the shell must be bash, zsh or fish, not %q", shell)
			}
			_, err := io.WriteString(c.App.Writer, script)
			return err
		},
	}
}

// asksCompletion says whether a shell asks, and whether there is nothing to answer, because
// it asks after --: the package cli would take the question for an argument, and run the
// command.
func asksCompletion(args []string) (asks, none bool) {
	asks = len(args) > 1 && args[len(args)-1] == askCompletion
	return asks, asks && slices.Contains(args, "--")
}
