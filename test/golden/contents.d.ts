export function contentsOf(vault: string, identity?: string): Promise<string[]>;
