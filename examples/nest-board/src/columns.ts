/** The columns of a board, from left to right. */
export const columns = [
  { id: 'next', name: 'Next' },
  { id: 'doing', name: 'In progress' },
  { id: 'review', name: 'In review' },
  { id: 'done', name: 'Done' },
] as const;

export type ColumnId = (typeof columns)[number]['id'];

export const columnIds = columns.map(({ id }) => id);

export function columnName(id: ColumnId): string {
  return columns.find((column) => column.id === id)?.name ?? id;
}

/** The one board that there is. */
export const boardId = 'spring';
