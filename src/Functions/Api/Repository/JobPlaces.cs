using System.Globalization;
using Jobs.Domain;
using Jobs.Storage;

namespace Jobs.Functions.Api.Repository;

/// <summary>The place of a job in the list, as a cursor: <c>{milliseconds}-{job id}</c>.</summary>
public static class JobPlaces
{
    private const int MaxDigits = 15;

    /// <summary>Writes a place.</summary>
    public static string Write(RepositoryJobPlace place) => string.Create(CultureInfo.InvariantCulture, $"{place.Milliseconds}-{place.JobId}");

    /// <summary>Reads a place; null for what is none.</summary>
    public static RepositoryJobPlace? Parse(string text) =>
        text.Split('-') is [{ Length: <= MaxDigits } time, var id]
        && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        && Ids.IsRepositoryJobId(id)
            ? new RepositoryJobPlace(milliseconds, id)
            : null;
}
