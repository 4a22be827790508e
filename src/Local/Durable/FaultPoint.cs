namespace Jobs.Local.Durable;

/// <summary>A moment at which a crash must lose nothing.</summary>
internal enum FaultPoint
{
    /// <summary>The transaction is written, not yet committed.</summary>
    BeforeCommit,

    /// <summary>The transaction is committed; nobody has been told, nothing has been acted on.</summary>
    AfterCommit,
}
