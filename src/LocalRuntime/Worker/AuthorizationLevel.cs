namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which key of the host an HTTP function asks for. The local host runs <see cref="Anonymous"/> functions only.</summary>
public enum AuthorizationLevel
{
    Anonymous,
    User,
    Function,
    System,
    Admin,
}
