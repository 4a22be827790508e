/** The value, read out when it changes. */
export function Count({ value }: { value: number }) {
  return (
    <output className="count" aria-live="polite" aria-atomic="true">
      {value.toLocaleString()}
    </output>
  );
}
