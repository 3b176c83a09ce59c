/** What docs/targets/fichiers.md asks to open of `EXTERNAL_API`. */
export const ACTIONS = ["create", "list", "retrieve", "children", "upload_ended", "partial_update", "move", "destroy", "get_me"];
