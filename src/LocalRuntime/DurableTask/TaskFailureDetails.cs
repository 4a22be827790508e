namespace Microsoft.DurableTask;

/// <summary>Why an activity or an orchestration failed, as it is stored.</summary>
/// <remarks>The real host does not keep an activity's exception type: never decide on <c>ErrorType</c>.</remarks>
public record TaskFailureDetails(
    string ErrorType,
    string ErrorMessage,
    string? StackTrace,
    TaskFailureDetails? InnerFailure,
    IDictionary<string, object?>? Properties)
{
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";
}
