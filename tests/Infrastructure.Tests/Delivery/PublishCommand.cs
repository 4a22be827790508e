namespace Jobs.Infrastructure.Tests.Delivery;

/// <summary>The command that makes what is deployed.</summary>
internal static class PublishCommand
{
    /// <summary>As the README has it, with a folder in the repository.</summary>
    public const string Text = "dotnet publish src/Functions -c Release -o publish";
}
