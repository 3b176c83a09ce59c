import { InvalidArgumentError, Option } from "commander";

/** `--route 2 3`: some of the configuration's routes. */
export function routeOption(): Option {
  return new Option("--route <number...>", "only what these routes of exodus.yaml take, counted from 1").argParser((told: string, before: readonly number[] | undefined) => {
    if (!/^[1-9]\d{0,3}$/u.test(told)) throw new InvalidArgumentError("a number from 1 / un nombre à partir de 1");
    return [...(before ?? []), Number(told)];
  });
}
