/** Whether an event of a return moves money, or says where it is. Pure. */
export const isAboutMoney = (type: string): boolean => type.startsWith('Refund') || type === 'StoreCreditIssued';
