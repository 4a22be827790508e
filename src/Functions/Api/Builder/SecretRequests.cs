using System.Text;
using Jobs.Domain.Secrets;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Builder;

/// <summary>The body of <c>PUT /v1/agents/{id}/secrets/{name}</c>.</summary>
public sealed record PutSecretRequest(string Value)
{
    /// <summary>Reads and checks name and body; throws <see cref="ProblemException"/> (400, 413). No message shows the value.</summary>
    public static async Task<PutSecretRequest> ReadAsync(HttpRequest request, string name, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        // Its length is counted in bytes, below.
        var value = body.Text("value", 0, RequestBody.MaxBytes, required: true);
        body.ThrowIfInvalid();
        var errors = new List<FieldError>();
        if (!SecretName.IsValid(name))
        {
            errors.Add(new FieldError("name", SecretName.Rule));
        }

        var bytes = Encoding.UTF8.GetByteCount(value!);
        if (bytes is < SecretLimits.MinValueBytes or > SecretLimits.MaxValueBytes)
        {
            errors.Add(new FieldError("value", $"must have {SecretLimits.MinValueBytes} to {SecretLimits.MaxValueBytes} bytes, not {bytes}"));
        }
        else if (string.IsNullOrWhiteSpace(value))
        {
            errors.Add(new FieldError("value", "must not be blank"));
        }

        return errors.Count == 0 ? new PutSecretRequest(value!) : throw new ProblemException(Problem.Invalid([.. errors]));
    }
}
