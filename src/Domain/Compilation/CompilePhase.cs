namespace Jobs.Domain.Compilation;

/// <summary>The phases that a compile really goes through, in order; the words of contract 000 are CodeBuild's.</summary>
public enum CompilePhase
{
    /// <summary>The sources are written; the compile waits for a worker.</summary>
    Submitted,

    /// <summary>The type check runs.</summary>
    PreBuild,

    /// <summary>The bundler runs.</summary>
    Build,

    /// <summary>The bundle is stored.</summary>
    UploadArtifacts,

    /// <summary>Nothing more will change.</summary>
    Completed,
}
