#nullable disable

namespace Azure.Data.Tables.Models;

/// <summary>The service's error codes, comparable with <see cref="RequestFailedException.ErrorCode"/>.</summary>
public readonly struct TableErrorCode(string value) : IEquatable<TableErrorCode>
{
    private readonly string _value = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>409: an insert found the entity.</summary>
    public static TableErrorCode EntityAlreadyExists { get; } = new(nameof(EntityAlreadyExists));

    /// <summary>400: the request is not valid.</summary>
    public static TableErrorCode InvalidInput { get; } = new(nameof(InvalidInput));

    /// <summary>404: the entity does not exist.</summary>
    public static TableErrorCode ResourceNotFound { get; } = new(nameof(ResourceNotFound));

    /// <summary>409: the table exists.</summary>
    public static TableErrorCode TableAlreadyExists { get; } = new(nameof(TableAlreadyExists));

    /// <summary>404: the table does not exist.</summary>
    public static TableErrorCode TableNotFound { get; } = new(nameof(TableNotFound));

    /// <summary>412: the entity has another version.</summary>
    public static TableErrorCode UpdateConditionNotSatisfied { get; } = new(nameof(UpdateConditionNotSatisfied));

    /// <summary>A code from its word.</summary>
    public static implicit operator TableErrorCode(string value) => new(value);

    /// <summary>Whether two codes are the same, whatever their case.</summary>
    public static bool operator ==(TableErrorCode l, TableErrorCode r) => l.Equals(r);

    /// <summary>Whether two codes differ.</summary>
    public static bool operator !=(TableErrorCode l, TableErrorCode r) => !l.Equals(r);

    /// <summary>Whether a code is this word.</summary>
    public static bool operator ==(TableErrorCode c, string v) => v is not null && c.Equals(new TableErrorCode(v));

    /// <summary>Whether a code is not this word.</summary>
    public static bool operator !=(TableErrorCode c, string v) => !(c == v);

    /// <summary>Whether a code is this word.</summary>
    public static bool operator ==(string v, TableErrorCode c) => c == v;

    /// <summary>Whether a code is not this word.</summary>
    public static bool operator !=(string v, TableErrorCode c) => c != v;

    /// <inheritdoc/>
    public bool Equals(TableErrorCode other) => string.Equals(_value, other._value, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object obj) => obj is TableErrorCode other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(_value ?? "");

    /// <inheritdoc/>
    public override string ToString() => _value;
}
