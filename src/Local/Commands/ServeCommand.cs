namespace Jobs.Local.Commands;

/// <summary>Serves until a signal comes.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(LocalAppOptions options)
    {
        await using var app = await LocalApp.StartAsync(options);
        await Console.Out.WriteLineAsync(Greeting(app.Address, app.Key, Console.IsOutputRedirected, options.DataFolder, app.StorageConnectionString));
        await app.WaitForStopAsync();
        if (app.Failure is { } failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return ExitCode.Failure;
        }

        return 0;
    }

    /// <summary>
    /// What is printed on start. Scripts look for the lines that begin with <c>listening on</c> and <c>key:</c>. A person is shown the key
    /// once, when it is made; a script, whose output is redirected, always.
    /// </summary>
    internal static string Greeting(Uri address, KeyFile key, bool isRedirected, string dataFolder, string? storage = null)
    {
        var url = address.GetLeftPart(UriPartial.Authority);
        var authorization = $"-H \"Authorization: Bearer $(cat '{key.File}')\"";
        return $$"""
            listening on {{url}}
            {{(key.IsNew || isRedirected ? $"key: {key.Value}" : $"The development key is in {key.File}")}}

            Everything is kept in {{dataFolder}}{{(storage is null ? "" : $"\nStorage tools connect with {storage}")}}
            Build a widget:
              curl -s -X POST {{url}}/v1/widgets {{authorization}} -H 'Content-Type: application/json' -d '{"name":"Countdown","prompt":"a countdown to new year with a blue button"}'
            and poll its job, with the jobId of the answer for JOB_ID:
              curl -s {{url}}/v1/jobs/JOB_ID {{authorization}}
            """;
    }
}
