import type { Command } from 'commander';

/** A command that only holds others: alone it shows its help, and a wrong name is answered with the right ones. */
export function group(command: Command): Command {
  return command.allowExcessArguments().action((_flags, { args }: Command) => {
    if (args.length === 0) return command.outputHelp();
    const names = command.commands.map((one) => one.name()).join(', ');
    throw new Error(`${command.name()}: expected one of ${names}, got ${JSON.stringify(args[0])}`);
  });
}
