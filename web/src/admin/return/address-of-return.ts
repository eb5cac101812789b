/** Where a return's page is. */
export const addressOfReturn = (returnId: string): string => `/admin/returns/${encodeURIComponent(returnId)}`;
