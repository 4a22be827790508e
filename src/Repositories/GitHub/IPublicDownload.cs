using Jobs.Domain.Repositories;

namespace Jobs.Repositories.GitHub;

/// <summary>Port: reads an address that GitHub has named. Its implementation lets through public addresses only, sends no credential, and follows no redirect.</summary>
public interface IPublicDownload
{
    /// <summary>Asks for it by GET, and reads at most so many bytes. Throws <see cref="ForgeException"/>, which is transient unless the address is one that we do not call.</summary>
    Task<PublicBody> GetAsync(Uri address, int maxBytes, CancellationToken cancellationToken);
}

/// <summary>What stood at a public address.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Bytes">The body.</param>
/// <param name="IsCut">True when there was more of it.</param>
public sealed record PublicBody(int Status, ReadOnlyMemory<byte> Bytes, bool IsCut);
