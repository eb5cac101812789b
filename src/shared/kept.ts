/** What `make` made of an argument is kept and given again: in `made`, for as long as that keeps it. */
export const kept =
  <Of, Made>(
    make: (of: Of) => Made,
    made: { readonly get: (of: Of) => Made | undefined; readonly set: (of: Of, value: Made) => unknown } = new Map<Of, Made>(),
  ): ((of: Of) => Made) =>
  (of) => {
    const known = made.get(of) ?? make(of);
    made.set(of, known);
    return known;
  };
