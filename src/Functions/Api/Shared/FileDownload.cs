using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Api.Shared;

/// <summary>A job's file as an answer of the API.</summary>
public static class FileDownload
{
    /// <summary>The file, piece by piece; 304 when the caller has it already. A browser saves it, and never shows it as a page of ours.</summary>
    public static IResult Of(HttpRequest request, OpenedFile opened)
    {
        // The file may be another's text in a form that browsers show.
        request.HttpContext.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        var (file, content) = opened;
        return Results.Stream(content, TypeOf(file.Name), file.Name, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".jsonl" => "application/x-ndjson",
        ".csv" => "text/csv; charset=utf-8; header=present",
        ".zip" => "application/zip",
        ".md" => "text/markdown; charset=utf-8",
        ".html" => "text/html; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
