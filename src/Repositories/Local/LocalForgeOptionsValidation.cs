using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jobs.Repositories.Local;

/// <summary>Refuses settings that cannot work, at start and all at once.</summary>
internal sealed class LocalForgeOptionsValidation(IConfiguration configuration) : IValidateOptions<LocalForgeOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LocalForgeOptions options)
    {
        List<string> faults = [];
        if (options.Roots.Count > LocalForgeOptions.MaxRoots)
        {
            faults.Add($"The setting {Setting} must have at most {LocalForgeOptions.MaxRoots} entries.");
        }

        // In Azure the machines come and go, and their folders hold the app.
        if (options.Roots.Count > 0 && configuration["WEBSITE_INSTANCE_ID"] is not null)
        {
            faults.Add($"The setting {Setting} must have no entries in Azure: repositories of the machine are for the local host only.");
        }

        foreach (var (index, root) in options.LocalRoots.Index().Where(entry => !string.IsNullOrEmpty(entry.Item)))
        {
            if (!Path.IsPathFullyQualified(root) || !Directory.Exists(root))
            {
                faults.Add($"The setting {Setting}:{index} must be the absolute path of a folder that exists.");
            }
            else if (LocalRoots.Resolve(root) is { } resolved && Path.GetPathRoot(resolved) == resolved)
            {
                faults.Add($"The setting {Setting}:{index} must not be the root of a file system.");
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string Setting => $"{LocalForgeOptions.Section}:{nameof(LocalForgeOptions.LocalRoots)}";
}
