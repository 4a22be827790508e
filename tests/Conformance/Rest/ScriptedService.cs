using System.Net;

namespace Jobs.Conformance.Rest;

/// <summary>A service that answers as a test says and keeps what it was asked.</summary>
internal sealed class ScriptedService(params IEnumerable<Func<HttpResponseMessage>> answers) : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = new(answers);

    public List<HttpRequestMessage> Requests { get; } = [];

    public static HttpResponseMessage Answer(HttpStatusCode status, string body = "", string? etag = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body) };
        if (etag is not null)
            response.Headers.TryAddWithoutValidation("ETag", etag);
        return response;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return Task.FromResult(_answers.Dequeue()());
    }
}
