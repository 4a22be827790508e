using Azure.Core;
using Jobs.LocalRuntime.Storage;

namespace Jobs.LocalRuntime.Tables;

/// <summary>The Table service's scheme SharedKeyLite: the date and the resource.</summary>
internal sealed class TableSharedKeyPolicy(string account, string key) : SharedKeyPolicy(account, key)
{
    protected override (string Scheme, string Text) TextToSign(Request request) =>
        ("SharedKeyLite", $"{Header(request, "x-ms-date")}\n/{Account}{request.Uri.ToUri().AbsolutePath}");
}
