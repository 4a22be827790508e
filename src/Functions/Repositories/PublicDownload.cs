using Jobs.Domain.Repositories;
using Jobs.Execution.Egress;
using Jobs.Repositories.GitHub;

namespace Jobs.Functions.Repositories;

/// <summary>Reads what GitHub keeps elsewhere, by the guard that every address passes which somebody else has named.</summary>
public sealed class PublicDownload(PublicWebFactory web) : IPublicDownload
{
    private const string UserAgent = "Jobs";

    /// <inheritdoc/>
    public async Task<PublicBody> GetAsync(Uri address, int maxBytes, CancellationToken cancellationToken)
    {
        using var client = web.Create(UserAgent);
        try
        {
            var answer = await client.GetAsync(address.AbsoluteUri, maxBytes, cancellationToken);
            return new PublicBody(answer.Status, answer.Body, answer.IsBodyCut);
        }
        catch (EgressException error)
        {
            throw new ForgeException("What GitHub keeps elsewhere could not be fetched.", isTransient: error.Failure is not EgressFailure.Refused, error);
        }
    }
}
