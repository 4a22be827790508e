// The settings of the app that whoever deploys it may choose. docs/operations.md says what each means; a test holds that these are the ones that the code reads.
// Not among them: secrets, which come from the vault, and what the template itself knows, such as the addresses of the accounts.

@export()
@description('Settings by their names as environment variables. One that is empty is as good as missing.')
@sealed()
type appSettings = {
  AzureFunctionsJobHost__telemetryMode: string?
  Ai__Agents__CachedInputPrice: string?
  Ai__Agents__Endpoint: string?
  Ai__Agents__InputPrice: string?
  Ai__Agents__MaxOutputTokens: string?
  Ai__Agents__Model: string?
  Ai__Agents__OutputPrice: string?
  Ai__Agents__Provider: string?
  Ai__BuildSpendingLimit: string?
  Ai__CachedInputPrice: string?
  Ai__ClientId: string?
  Ai__Credential: string?
  Ai__EmbeddingDimensions: string?
  Ai__EmbeddingModel: string?
  Ai__EmbeddingPrice: string?
  Ai__Endpoint: string?
  Ai__InputPrice: string?
  Ai__MaxConcurrent: string?
  Ai__MaxOutputTokens: string?
  Ai__Model: string?
  Ai__OutputPrice: string?
  Ai__Provider: string?
  Ai__RecordPrompts: string?
  Ai__Repositories__CachedInputPrice: string?
  Ai__Repositories__Endpoint: string?
  Ai__Repositories__InputPrice: string?
  Ai__Repositories__MaxOutputTokens: string?
  Ai__Repositories__Model: string?
  Ai__Repositories__OutputPrice: string?
  Ai__Repositories__Provider: string?
  Ai__SpendingLimit: string?
  Ai__TurnTimeLimit: string?
  Ai__Widgets__CachedInputPrice: string?
  Ai__Widgets__Endpoint: string?
  Ai__Widgets__InputPrice: string?
  Ai__Widgets__MaxOutputTokens: string?
  Ai__Widgets__Model: string?
  Ai__Widgets__OutputPrice: string?
  Ai__Widgets__Provider: string?
  GitHub__AppId: string?
  GitHub__BaseAddress: string?
  GitHub__InstallationId: string?
  Identity__AdminRole: string?
  Identity__Audiences: string?
  Identity__Authority: string?
  Identity__ClientIds: string?
  Identity__RoleClaim: string?
  Jobs__InitialTenant: string?
  Jobs__MaxUnfinished: string?
  Jobs__PublicUrl: string?
  Jobs__RequireIsolation: string?
  Jobs__TokensPerMonth: string?
  OTEL_EXPORTER_OTLP_ENDPOINT: string?
  OTEL_SERVICE_NAME: string?
  OTEL_TRACES_SAMPLER: string?
}

@export()
@description('What a storage account is reached by: without a key, by an identity.')
type storageEndpoints = {
  blob: string
  queue: string
  table: string
}

@export()
@description('The settings of a connection of the Functions host or of one of its extensions to a storage account, by an identity.')
func hostStorageSettings(connection string, endpoints storageEndpoints, clientId string) object => {
  '${connection}__blobServiceUri': endpoints.blob
  '${connection}__clientId': clientId
  '${connection}__credential': 'managedidentity'
  '${connection}__queueServiceUri': endpoints.queue
  '${connection}__tableServiceUri': endpoints.table
}

@export()
@description('The settings that the template knows, whatever host the app has. DurableStorage and AzureWebJobsStorage are one account, JobsStorage is the app\'s own.')
func knownSettings(hub storageEndpoints, data storageEndpoints, clientId string, applicationInsights string) object =>
  union(hostStorageSettings('AzureWebJobsStorage', hub, clientId), hostStorageSettings('DurableStorage', hub, clientId), {
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
    APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights
    // The identity that the Azure SDK's own credential takes: at Azure OpenAI, where there is no key.
    AZURE_CLIENT_ID: clientId
    AzureWebJobsDisableHomepage: 'true'
    JobsStorage__blobServiceUri: data.blob
    JobsStorage__clientId: clientId
    JobsStorage__credential: 'managedidentity'
    JobsStorage__tableServiceUri: data.table
  })

@export()
@description('The settings that have a value.')
func nonEmpty(settings object) object => toObject(filter(items(settings), setting => !empty(setting.value)), setting => setting.key, setting => setting.value)

@export()
@description('Which repositories at GitHub organisations may register, as the app reads a list.')
func grantSettings(grants string[]) object => toObject(range(0, length(grants)), index => 'Repositories__GitHub__${index}', index => grants[index])

@export()
@description('A secret of the app.')
type secretSetting = {
  @description('Its name in the vault.')
  name: string
  @description('The setting that refers to it.')
  setting: string
  @description('Whether there is one.')
  isSet: bool
}

@export()
@description('References to secrets of the vault. They name no version, so that a new one is taken within a day.')
func secretSettings(secrets secretSetting[], vaultUri string) object =>
  toObject(filter(secrets, secret => secret.isSet), secret => secret.setting, secret => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${secret.name})')
