/** Whether an event of a return or its order moves money, or says where it is or whether it is disputed. Pure. */
export const isAboutMoney = (type: string): boolean =>
  type.startsWith('Refund') || type === 'StoreCreditIssued' || type === 'PaymentDisputed' || type === 'DisputeClosed';
