using Azure;

namespace Jobs.LocalRuntime.Storage;

/// <summary>The answer of a get-if-exists that found nothing.</summary>
internal sealed class MissingValue<T>(Response response) : NullableResponse<T>
{
    public override bool HasValue => false;

    public override T Value => throw new InvalidOperationException($"The response has no value: the service answered {response.Status}.");

    public override Response GetRawResponse() => response;
}
