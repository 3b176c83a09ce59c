import zones from "windows-iana";

/** Windows name of an IANA zone (CLDR windowsZones); a Windows name stays as it is; undefined when neither. */
export function findWindows(name: string): string | undefined {
  const [found] = [zones.findWindows(name)].flat();
  if (found !== undefined) return found;
  return zones.findIana(name).length > 0 ? name : undefined;
}
