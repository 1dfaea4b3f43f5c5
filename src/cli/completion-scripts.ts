// How does a shell learn what may follow `tsvisor`? One script for each shell, written from the table of commands.

import { GLOBAL_OPTIONS, ROWS, type OptionRow, type Row } from './rows.ts';
import { ACTION_NAMES } from './ctl/actions.ts';

const flagsOf = ({ flags }: OptionRow): readonly string[] =>
  flags.split(/[ ,]+/).filter((word) => word.startsWith('-'));

const allFlags = ({ options }: Row): readonly string[] => [...options, ...GLOBAL_OPTIONS].flatMap(flagsOf);

const WITH_VALUE = GLOBAL_OPTIONS.flatMap(flagsOf).join('|');

const FIXED = { shell: 'bash zsh fish', manager: 'systemd', target: 'nomad kubernetes systemd' } as const;

/** A command that prints the words, in the shell's own way of saying it. */
const wordsFor = ({ name, takes, raw }: Row, ask: (what: string) => string): string => {
  if (raw === true) return `${ACTION_NAMES.join(' ')} ${ask('names')}`;
  if (takes === 'shell' || takes === 'manager' || takes === 'target') return FIXED[takes];
  if (takes === 'groups') return ask('groups');
  if (takes === undefined) return '';
  return name === 'logs' ? `supervisor ${ask('names')}` : ask('names');
};

const bashCase = (row: Row): string => {
  const words = wordsFor(row, (what) => `$("\${ask[@]}" ${what} 2>/dev/null)`);
  const flags = row.raw === true ? '-c -s -u -p -i -r' : allFlags(row).join(' ');
  return `    ${row.name}) words="${words}" flags="${flags}" ;;`;
};

/** A colon breaks words in bash: what stands before the last one has been typed and must not be given again. */
const bash = (): string => `# bash completion for tsvisor: source <(tsvisor completion bash)
_tsvisor() {
  local line="\${COMP_LINE:0:COMP_POINT}" current command="" words flags word
  local -a given ask=(tsvisor)
  current="\${line##*[[:space:]]}"
  line="\${line%"$current"}"
  read -ra given <<<"$line"
  local at=1
  while (( at < \${#given[@]} )); do
    word="\${given[at]}"
    case "$word" in
      ${WITH_VALUE}) ask+=("$word" "\${given[at + 1]}"); (( at += 1 )) ;;
      -*) ;;
      *) [[ -n $command ]] || command="$word" ;;
    esac
    (( at += 1 ))
  done
  ask+=(completion)
  case "\${given[-1]}" in
    -c|--config|-s|--socket) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  case "$command" in
    "") words="${ROWS.map(({ name }) => name).join(' ')}" flags="${GLOBAL_OPTIONS.flatMap(flagsOf).join(' ')} --help" ;;
${ROWS.map(bashCase).join('\n')}
  esac
  [[ $current == -* ]] && words="$flags"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}")
  fi
}
complete -F _tsvisor tsvisor
`;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const zshCase = (row: Row): string => {
  const words = wordsFor(row, (what) => `\${(f)"$($ask ${what} 2>/dev/null)"}`);
  const flags = row.raw === true ? '-c -s -u -p -i -r' : allFlags(row).join(' ');
  return `    ${row.name}) given=(${words}) flags=(${flags}) ;;`;
};

const zsh = (): string => `#compdef tsvisor
# zsh completion for tsvisor: tsvisor completion zsh > "\${fpath[1]}/_tsvisor"
_tsvisor() {
  local -a commands=(
${ROWS.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  local -a ask=(tsvisor) given flags
  local command=''
  integer at=2
  while (( at < CURRENT )); do
    case $words[at] in
      ${WITH_VALUE}) ask+=($words[at] $words[at+1]); (( at += 1 )) ;;
      -*) ;;
      *) [[ -n $command ]] || command=$words[at] ;;
    esac
    (( at += 1 ))
  done
  ask+=(completion)
  case $words[CURRENT-1] in
    ${WITH_VALUE}) _files; return ;;
  esac
  if [[ -z $command ]]; then
    _describe command commands
    return
  fi
  case $command in
${ROWS.map(zshCase).join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then
    compadd -- $flags
  else
    compadd -- $given
  fi
}
compdef _tsvisor tsvisor
`;

const fishQuoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

const fishOption = (condition: string, { flags, meaning }: OptionRow): string => {
  const words = flagsOf({ flags, meaning });
  const names = words.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = flags.includes('<') ? ' -r' : '';
  return `complete -c tsvisor${condition} ${names.join(' ')}${value} -d ${fishQuoted(meaning)}`;
};

const fishLines = (row: Row): readonly string[] => {
  const condition = ` -n '__fish_seen_subcommand_from ${row.name}'`;
  const words = wordsFor(row, (what) => `(__tsvisor_ask ${what})`);
  return [
    `complete -c tsvisor -n __fish_use_subcommand -a ${row.name} -d ${fishQuoted(row.summary)}`,
    ...(words === '' ? [] : [`complete -c tsvisor${condition} -a ${fishQuoted(words)}`]),
    ...row.options.map((option) => fishOption(condition, option)),
  ];
};

/** Asks the supervisor that the line names by -c or -s. */
const FISH_ASK = `function __tsvisor_ask
  set -l words (commandline -opc)
  set -l given
  for at in (seq (count $words))
    if contains -- $words[$at] ${WITH_VALUE.replaceAll('|', ' ')}
      set -a given $words[$at] $words[(math $at + 1)]
    end
  end
  tsvisor $given completion $argv 2>/dev/null
end`;

const fish = (): string =>
  [
    '# fish completion for tsvisor: tsvisor completion fish > ~/.config/fish/completions/tsvisor.fish',
    FISH_ASK,
    'complete -c tsvisor -f',
    ...GLOBAL_OPTIONS.map((option) => `${fishOption('', option)} -F`),
    ...ROWS.flatMap(fishLines),
    '',
  ].join('\n');

export const COMPLETION_SCRIPTS: Readonly<Record<string, () => string>> = { bash, zsh, fish };
