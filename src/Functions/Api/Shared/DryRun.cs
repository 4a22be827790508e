using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>The query parameter <c>dryRun</c> on a POST that creates: what it would cost is told, and nothing is done.</summary>
public static class DryRun
{
    /// <summary>Whether it is asked for; throws <see cref="ProblemException"/> (400) for anything but <c>true</c> and <c>false</c>, so that nothing is done that was not meant.</summary>
    public static bool Read(HttpRequest request) => request.Query.TryGetValue("dryRun", out var values) && values switch
    {
        ["true"] => true,
        ["false"] => false,
        _ => throw new ProblemException(Problem.Invalid(new FieldError("dryRun", "must be 'true' or 'false'"))),
    };

    /// <summary>Throws <see cref="ProblemException"/> (400) where it is asked for and there is none.</summary>
    public static void Refuse(HttpRequest request)
    {
        if (Read(request))
        {
            throw new ProblemException(Problem.Invalid(new FieldError("dryRun", "is not possible here: it is for creating and for building again")));
        }
    }
}
