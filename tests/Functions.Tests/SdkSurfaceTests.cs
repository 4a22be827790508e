using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Jobs.Functions.Tests;

/// <summary>
/// The SDK members that the app consumes are listed in docs/sdk-surface.txt, so that a new use is a line in a review. To accept a change:
/// <c>UPDATE_SDK_SURFACE=1 dotnet test tests/Functions.Tests --filter SdkSurface</c>.
/// </summary>
public sealed class SdkSurfaceTests
{
    [Fact]
    public void SdkSurface_members_that_the_app_consumes_are_the_listed_ones()
    {
        var file = Path.Combine(Repository.Root, "docs", "sdk-surface.txt");
        var actual = Consumed(typeof(Program).Assembly.Location, "Jobs.LocalRuntime");
        if (Environment.GetEnvironmentVariable("UPDATE_SDK_SURFACE") == "1")
        {
            File.WriteAllText(file, string.Concat(actual.Select(line => line + "\n")));
        }

        Assert.NotEmpty(actual);
        Assert.Equal(File.ReadAllLines(file), actual);
    }

    private static string[] Consumed(string assembly, string stand)
    {
        using var stream = File.OpenRead(assembly);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (TypeOf(metadata, member.Parent) is { } type && IsSdk(type))
            {
                names.Add($"{Name(type)}.{metadata.GetString(member.Name)}");
            }
        }

        return [.. names];

        bool IsSdk(TypeReference type) => type.ResolutionScope.Kind is HandleKind.AssemblyReference
            && metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == stand
            && !metadata.GetString(type.Namespace).StartsWith("Jobs.", StringComparison.Ordinal);

        string Name(TypeReference type) => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }

    private static TypeReference? TypeOf(MetadataReader metadata, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => metadata.GetTypeReference((TypeReferenceHandle)parent),
        HandleKind.TypeSpecification => Generic(metadata, (TypeSpecificationHandle)parent),
        _ => null,
    };

    /// <summary>The definition of a generic instantiation: ELEMENT_TYPE_GENERICINST, CLASS or VALUETYPE, then the type (ECMA-335, II.23.2.14).</summary>
    private static TypeReference? Generic(MetadataReader metadata, TypeSpecificationHandle handle)
    {
        var blob = metadata.GetBlobReader(metadata.GetTypeSpecification(handle).Signature);
        if (blob.ReadSignatureTypeCode() is not SignatureTypeCode.GenericTypeInstance)
        {
            return null;
        }

        blob.ReadByte();
        return blob.ReadTypeHandle() is { Kind: HandleKind.TypeReference } type ? metadata.GetTypeReference((TypeReferenceHandle)type) : null;
    }
}
