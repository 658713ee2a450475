// One script for what the list shows only on request: the menu of a row, the field for a new title, the button for more rows.
export { LoadMore } from "./load-more.tsx";
export { RenameField } from "./rename-field.tsx";
export { RowMenu } from "./row-menu.tsx";
