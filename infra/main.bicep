// The whole of what the app needs in Azure, in a resource group of its own. docs/operations.md, "Deploy to Azure", has the parameters, the roles and the costs.

targetScope = 'subscription'

import { appSettings, nonEmpty, secretSetting, storageEndpoints } from 'modules/app-settings.bicep'

// ---- Where

@description('The name of the environment. All names are made of it.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('The region, one that has Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('The resource group that is made.')
@minLength(1)
@maxLength(90)
param resourceGroupName string = 'rg-${environmentName}'

// ---- How large

@description('Instances that are always there for orchestrations and activities. With 0 the first step of a job on an idle app waits for a cold start.')
@minValue(0)
@maxValue(100)
param alwaysReadyDurable int = 1

@description('Instances that are always there for requests.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttp int = 0

@description('The memory of an instance. 2048 has one processor and is enough where no documents are parsed.')
@allowed([2048, 4096])
param instanceMemoryMB int = 4096

@description('The most instances.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Whether instances are spread over the zones of the region. It asks for at least two always-ready instances of each group.')
param zoneRedundant bool = false

// ---- Storage

@description('The redundancy of both storage accounts. Durable cannot go on from a copy in another region, so there are no geo-redundant ones.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string = 'Standard_ZRS'

@description('For how many days what was deleted or overwritten among artifacts can be brought back. What users delete stays as long; 0 keeps nothing.')
@minValue(0)
@maxValue(365)
param deletedDataRetentionDays int = 7

// ---- Network

@description('Whether storage and the vault are reached from a virtual network only. The app itself stays public.')
param vnetEnabled bool = false

@description('The addresses of that network, a /26 or larger.')
param vnetAddressPrefix string = '10.60.0.0/24'

// ---- Secrets

@description('A first API key, an admin\'s: Jobs:InitialApiKey.')
@secure()
param initialApiKey string

@description('The key that agents\' secrets are encrypted with, 32 bytes in base64: Jobs:SecretsKey.')
@secure()
param secretsKey string

@description('Keys of before, with commas: Jobs:PreviousSecretsKeys.')
@secure()
param previousSecretsKeys string = ''

@description('The AI\'s key: Ai:Key.')
@secure()
param aiKey string = ''

@description('The key of the AI for widgets alone: Ai:Widgets:Key.')
@secure()
param aiWidgetsKey string = ''

@description('The key of the AI for agents alone: Ai:Agents:Key.')
@secure()
param aiAgentsKey string = ''

@description('The key of the AI for repositories alone: Ai:Repositories:Key.')
@secure()
param aiRepositoriesKey string = ''

@description('A token for GitHub: GitHub:Token.')
@secure()
param gitHubToken string = ''

@description('The private key of a GitHub App: GitHub:AppPrivateKey.')
@secure()
param gitHubAppPrivateKey string = ''

@description('What GitHub signs webhooks with: GitHub:WebhookSecret.')
@secure()
param gitHubWebhookSecret string = ''

@description('The one of before: GitHub:PreviousWebhookSecret.')
@secure()
param gitHubPreviousWebhookSecret string = ''

@description('Whether a deleted vault stays for 90 days whatever anybody does. Who loses the secrets\' key loses the secrets.')
param vaultPurgeProtection bool = true

// ---- Settings

@description('The app\'s other settings.')
param settings appSettings = {}

@description('Which repositories at GitHub organisations may register, each organisation=owner/name or organisation=owner/*: Repositories:GitHub.')
param gitHubGrants string[] = []

@description('An Azure OpenAI resource in this subscription that the app\'s identity is let into; none where it is empty.')
param openAiAccountName string = ''

@description('Its resource group.')
param openAiResourceGroupName string = ''

// ---- Operation

@description('Where alerts and the budget\'s notices go. Without it they go nowhere, and there is no budget.')
param alertEmail string = ''

@description('What a month may cost before notices are sent, in the currency of the subscription\'s bills; 0 for none.')
@minValue(0)
param monthlyBudget int = 0

@description('The first day of the month that a new budget begins with.')
param budgetStart string = utcNow('yyyy-MM-01')

@description('For how many days logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('The most gigabytes of logs a day.')
@minValue(1)
param logDailyQuotaGb int = 2

@description('Whether the app is asked from outside every five minutes if it is ready.')
param availabilityTest bool = true

@description('From where it is asked: ids of Application Insights.')
@minLength(2)
param availabilityTestLocations string[] = ['emea-nl-ams-azr', 'us-va-ash-azr', 'apac-sg-sin-azr']

// ---- Durable's backend

@description('Whether the Durable Task Scheduler is made, for a package with infra/scheduler/host.json. Untried.')
param durableTaskScheduler bool = false

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var appName = 'func-jobs-${token}'
var identityName = 'id-jobs-${token}'
var applicationInsightsName = 'appi-jobs-${token}'
var dataAccountName = 'stdata${token}'
var hubAccountName = 'sthub${token}'
var vaultName = 'kv-jobs-${token}'
var packageContainer = 'app-package'
var storageType = 'Microsoft.Storage/storageAccounts'
var schedulerHub = loadJsonContent('scheduler/host.json').extensions.durableTask.hubName

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  cognitiveServicesOpenAiUser: '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'
  durableTaskDataContributor: '0ad04412-c4d5-4796-b79c-f76d14c8d402'
}

var secrets secretSetting[] = [
  { name: 'initial-api-key', setting: 'Jobs__InitialApiKey', isSet: !empty(initialApiKey) }
  { name: 'secrets-key', setting: 'Jobs__SecretsKey', isSet: !empty(secretsKey) }
  { name: 'previous-secrets-keys', setting: 'Jobs__PreviousSecretsKeys', isSet: !empty(previousSecretsKeys) }
  { name: 'ai-key', setting: 'Ai__Key', isSet: !empty(aiKey) }
  { name: 'ai-widgets-key', setting: 'Ai__Widgets__Key', isSet: !empty(aiWidgetsKey) }
  { name: 'ai-agents-key', setting: 'Ai__Agents__Key', isSet: !empty(aiAgentsKey) }
  { name: 'ai-repositories-key', setting: 'Ai__Repositories__Key', isSet: !empty(aiRepositoriesKey) }
  { name: 'github-token', setting: 'GitHub__Token', isSet: !empty(gitHubToken) }
  { name: 'github-app-private-key', setting: 'GitHub__AppPrivateKey', isSet: !empty(gitHubAppPrivateKey) }
  { name: 'github-webhook-secret', setting: 'GitHub__WebhookSecret', isSet: !empty(gitHubWebhookSecret) }
  { name: 'github-previous-webhook-secret', setting: 'GitHub__PreviousWebhookSecret', isSet: !empty(gitHubPreviousWebhookSecret) }
]

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: identityName
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-jobs-${token}'
    applicationInsightsName: applicationInsightsName
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
    principalId: identity.outputs.principalId
    identityName: identityName
    roleId: roles.monitoringMetricsPublisher
  }
}

@description('Our own rows and artifacts.')
module dataAccount 'modules/storage-account.bicep' = {
  scope: group
  params: {
    name: dataAccountName
    location: location
    tags: tags
    sku: storageSku
    retentionDays: deletedDataRetentionDays == 0 ? null : max(deletedDataRetentionDays, 1)
    isPublic: !vnetEnabled
    principalId: identity.outputs.principalId
    identityName: identityName
    roleIds: [roles.storageBlobDataContributor, roles.storageTableDataContributor]
    logsDeletions: true
    workspaceId: monitoring.outputs.workspaceId
  }
}

@description('Durable\'s hub, the host\'s leases and keys, and the app\'s package.')
module hubAccount 'modules/storage-account.bicep' = {
  scope: group
  params: {
    name: hubAccountName
    location: location
    tags: tags
    sku: storageSku
    containers: [packageContainer]
    isPublic: !vnetEnabled
    principalId: identity.outputs.principalId
    identityName: identityName
    roleIds: [roles.storageBlobDataOwner, roles.storageQueueDataContributor, roles.storageTableDataContributor]
    // Durable deletes messages all day.
    logsDeletions: false
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/key-vault.bicep' = {
  scope: group
  params: {
    name: vaultName
    location: location
    tags: tags
    isPublic: !vnetEnabled
    purgeProtection: vaultPurgeProtection
    secretNames: map(secrets, secret => secret.name)
    secretValues: {
      'initial-api-key': initialApiKey
      'secrets-key': secretsKey
      'previous-secrets-keys': previousSecretsKeys
      'ai-key': aiKey
      'ai-widgets-key': aiWidgetsKey
      'ai-agents-key': aiAgentsKey
      'ai-repositories-key': aiRepositoriesKey
      'github-token': gitHubToken
      'github-app-private-key': gitHubAppPrivateKey
      'github-webhook-secret': gitHubWebhookSecret
      'github-previous-webhook-secret': gitHubPreviousWebhookSecret
    }
    principalId: identity.outputs.principalId
    identityName: identityName
    roleId: roles.keyVaultSecretsUser
    workspaceId: monitoring.outputs.workspaceId
  }
}

module openAiRole 'modules/azure-openai-role.bicep' = if (!empty(openAiAccountName)) {
  scope: resourceGroup(openAiResourceGroupName)
  params: {
    accountName: openAiAccountName
    principalId: identity.outputs.principalId
    identityName: identityName
    roleId: roles.cognitiveServicesOpenAiUser
  }
}

module network 'modules/virtual-network.bicep' = if (vnetEnabled) {
  scope: group
  params: {
    name: 'vnet-jobs-${token}'
    location: location
    tags: tags
    addressPrefix: vnetAddressPrefix
  }
}

module privateEndpoints 'modules/private-endpoints.bicep' = if (vnetEnabled) {
  scope: group
  params: {
    location: location
    tags: tags
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointSubnetId
    targets: [
      { name: 'pe-data-blob-${token}', resourceType: storageType, resourceName: dataAccountName, service: 'blob' }
      { name: 'pe-data-table-${token}', resourceType: storageType, resourceName: dataAccountName, service: 'table' }
      { name: 'pe-hub-blob-${token}', resourceType: storageType, resourceName: hubAccountName, service: 'blob' }
      { name: 'pe-hub-queue-${token}', resourceType: storageType, resourceName: hubAccountName, service: 'queue' }
      { name: 'pe-hub-table-${token}', resourceType: storageType, resourceName: hubAccountName, service: 'table' }
      { name: 'pe-vault-${token}', resourceType: 'Microsoft.KeyVault/vaults', resourceName: vaultName, service: 'vault' }
    ]
  }
  dependsOn: [dataAccount, hubAccount, vault]
}

module scheduler 'scheduler/scheduler.bicep' = if (durableTaskScheduler) {
  scope: group
  params: {
    name: 'dts-jobs-${token}'
    location: location
    tags: tags
    hubName: schedulerHub
    principalId: identity.outputs.principalId
    identityName: identityName
    roleId: roles.durableTaskDataContributor
  }
}

var hub storageEndpoints = {
  blob: hubAccount.outputs.blobEndpoint
  queue: hubAccount.outputs.queueEndpoint
  table: hubAccount.outputs.tableEndpoint
}
var data storageEndpoints = {
  blob: dataAccount.outputs.blobEndpoint
  queue: dataAccount.outputs.queueEndpoint
  table: dataAccount.outputs.tableEndpoint
}

@description('The setting that scheduler/host.json names. It holds no secret.')
var schedulerSettings = durableTaskScheduler
  ? {
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${scheduler!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identity.outputs.clientId}'
    }
  : {}

module app 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: appName
    planName: 'plan-jobs-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    applicationInsightsName: applicationInsightsName
    workspaceId: monitoring.outputs.workspaceId
    vaultUri: vault.outputs.uri
    hub: hub
    data: data
    packageContainer: packageContainer
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    alwaysReadyDurable: alwaysReadyDurable
    alwaysReadyHttp: alwaysReadyHttp
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    isZoneRedundant: zoneRedundant
    settings: union(nonEmpty(settings), schedulerSettings)
    secrets: secrets
    gitHubGrants: gitHubGrants
  }
  // The app must find its account when it first starts.
  dependsOn: [privateEndpoints]
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    namePrefix: 'jobs-${token}'
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    email: alertEmail
    storageAccountNames: [dataAccountName, hubAccountName]
  }
  dependsOn: [dataAccount, hubAccount]
}

module availability 'modules/availability-test.bicep' = if (availabilityTest) {
  scope: group
  params: {
    name: 'jobs-${token}'
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    url: app.outputs.url
    locations: availabilityTestLocations
    actionGroupId: alerts.outputs.actionGroupId
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0 && !empty(alertEmail)) {
  scope: group
  params: {
    name: 'budget-jobs-${token}'
    amount: max(monthlyBudget, 1)
    startDate: budgetStart
    email: alertEmail
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
  }
}

output APP_URL string = app.outputs.url
output AZURE_FUNCTION_NAME string = appName
output AZURE_KEY_VAULT_NAME string = vaultName
output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_TENANT_ID string = tenant().tenantId
output DATA_STORAGE_ACCOUNT_NAME string = dataAccountName
output HUB_STORAGE_ACCOUNT_NAME string = hubAccountName
