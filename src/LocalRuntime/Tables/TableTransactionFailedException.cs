#nullable disable

using System.Globalization;

namespace Azure.Data.Tables;

/// <summary>A transaction was refused because of one of its actions; nothing of it was done.</summary>
public class TableTransactionFailedException : RequestFailedException
{
    /// <summary>The key in <see cref="Exception.Data"/> under which the index travels, as in the real package.</summary>
    internal const string IndexKey = "FailedEntity";

    /// <summary>Wraps the service's refusal.</summary>
    public TableTransactionFailedException(RequestFailedException e)
        : base(e.Status, e.Message, e.ErrorCode, e.InnerException) =>
        FailedTransactionActionIndex = e.Data[IndexKey] is string index ? int.Parse(index, CultureInfo.InvariantCulture) : null;

    /// <summary>Which action it was, from 0; null when the service did not say.</summary>
    public int? FailedTransactionActionIndex { get; }

    internal static TableTransactionFailedException At(int index, RequestFailedException cause)
    {
        cause.Data[IndexKey] = index.ToString(CultureInfo.InvariantCulture);
        return new(cause);
    }
}
