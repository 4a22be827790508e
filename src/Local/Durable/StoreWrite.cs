namespace Jobs.Local.Durable;

/// <summary>
/// One change of the store. Many share a transaction; their order is the order of submission, in what is stored and
/// in what is acted on. <see cref="Apply"/> of one may run beside <see cref="Committed"/> of another that came before it.
/// </summary>
internal abstract class StoreWrite
{
    /// <summary>
    /// Whether the write is tried again until the store takes it. A turn is: its instance waits for it. A client's
    /// request is not: the client is told at once.
    /// </summary>
    public virtual bool IsKept => false;

    /// <summary>Runs the statements, in an open transaction. May run again after a rollback.</summary>
    public abstract void Apply();

    /// <summary>The transaction is durable.</summary>
    public abstract void Committed();

    /// <summary>Nothing was stored, and it will not be tried again.</summary>
    public abstract void Failed(Exception reason);
}
