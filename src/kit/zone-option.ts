import { z } from "zod";
import { ianaZone } from "../lib/time-zones.js";

/** IANA name of the zone in which original dates are told. */
export const zoneOption = z.string().refine((name) => ianaZone(name) === name, "not a time zone, as Europe/Paris is").default("Europe/Paris");
