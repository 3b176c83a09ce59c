export function contentsOf(vault: string): Promise<string[]>;
