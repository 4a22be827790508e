// The app in Azure Container Apps, from the image of the Dockerfile beside this file, in the place of main.bicep's function app. README.md says how to use it.

import { appSettings, grantSettings, knownSettings, nonEmpty, secretSetting } from '../modules/app-settings.bicep'

param location string = resourceGroup().location

@description('A container registry in this resource group that has the image.')
param registryName string

@description('The image in it, by its digest: jobs@sha256:...')
param image string

@description('How many replicas there always are. The platform does not scale Durable on a storage account.')
@minValue(1)
@maxValue(30)
param replicas int = 1

@description('A first API key, an admin\'s: Jobs:InitialApiKey.')
@secure()
param initialApiKey string

@description('The key that agents\' secrets are encrypted with, 32 bytes in base64: Jobs:SecretsKey.')
@secure()
param secretsKey string

@description('The AI\'s key: Ai:Key.')
@secure()
param aiKey string = ''

@description('A token for GitHub: GitHub:Token.')
@secure()
param gitHubToken string = ''

@description('What GitHub signs webhooks with: GitHub:WebhookSecret.')
@secure()
param gitHubWebhookSecret string = ''

@description('The app\'s other settings.')
param settings appSettings = {}

@description('Which repositories at GitHub organisations may register.')
param gitHubGrants string[] = []

var token = toLower(uniqueString(resourceGroup().id))
var tags = {}
var identityName = 'id-jobs-${token}'
var applicationInsightsName = 'appi-jobs-${token}'

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

var secrets secretSetting[] = [
  { name: 'initial-api-key', setting: 'Jobs__InitialApiKey', isSet: !empty(initialApiKey) }
  { name: 'secrets-key', setting: 'Jobs__SecretsKey', isSet: !empty(secretsKey) }
  { name: 'ai-key', setting: 'Ai__Key', isSet: !empty(aiKey) }
  { name: 'github-token', setting: 'GitHub__Token', isSet: !empty(gitHubToken) }
  { name: 'github-webhook-secret', setting: 'GitHub__WebhookSecret', isSet: !empty(gitHubWebhookSecret) }
]
var givenSecrets = filter(secrets, secret => secret.isSet)

module identity '../modules/identity.bicep' = {
  params: {
    name: identityName
    location: location
    tags: tags
  }
}

module monitoring '../modules/monitoring.bicep' = {
  params: {
    workspaceName: 'log-jobs-${token}'
    applicationInsightsName: applicationInsightsName
    location: location
    tags: tags
    retentionDays: 30
    dailyQuotaGb: 2
    principalId: identity.outputs.principalId
    identityName: identityName
    roleId: roles.monitoringMetricsPublisher
  }
}

module dataAccount '../modules/storage-account.bicep' = {
  params: {
    name: 'stdata${token}'
    location: location
    tags: tags
    sku: 'Standard_ZRS'
    retentionDays: 7
    isPublic: true
    principalId: identity.outputs.principalId
    identityName: identityName
    roleIds: [roles.storageBlobDataContributor, roles.storageTableDataContributor]
    logsDeletions: true
    workspaceId: monitoring.outputs.workspaceId
  }
}

module hubAccount '../modules/storage-account.bicep' = {
  params: {
    name: 'sthub${token}'
    location: location
    tags: tags
    sku: 'Standard_ZRS'
    isPublic: true
    principalId: identity.outputs.principalId
    identityName: identityName
    roleIds: [roles.storageBlobDataOwner, roles.storageQueueDataContributor, roles.storageTableDataContributor]
    logsDeletions: false
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault '../modules/key-vault.bicep' = {
  params: {
    name: 'kv-jobs-${token}'
    location: location
    tags: tags
    isPublic: true
    purgeProtection: true
    secretNames: map(secrets, secret => secret.name)
    secretValues: {
      'initial-api-key': initialApiKey
      'secrets-key': secretsKey
      'ai-key': aiKey
      'github-token': gitHubToken
      'github-webhook-secret': gitHubWebhookSecret
    }
    principalId: identity.outputs.principalId
    identityName: identityName
    roleId: roles.keyVaultSecretsUser
    workspaceId: monitoring.outputs.workspaceId
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: registryName
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, identityName, roles.acrPull)
  scope: registry
  properties: {
    principalId: identity.outputs.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: 'cae-jobs-${token}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: { destination: 'azure-monitor' }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
  }
}

resource environmentLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: environment
  properties: {
    workspaceId: monitoring.outputs.workspaceId
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

var appName = 'ca-jobs-${token}'
var url = 'https://${appName}.${environment.properties.defaultDomain}'
var plainSettings = union(
  { Jobs__PublicUrl: url },
  knownSettings(
    { blob: hubAccount.outputs.blobEndpoint, queue: hubAccount.outputs.queueEndpoint, table: hubAccount.outputs.tableEndpoint },
    { blob: dataAccount.outputs.blobEndpoint, queue: dataAccount.outputs.queueEndpoint, table: dataAccount.outputs.tableEndpoint },
    identity.outputs.clientId,
    applicationInsights.properties.ConnectionString
  ),
  grantSettings(gitHubGrants),
  nonEmpty(settings)
)

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', identityName)}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        allowInsecure: false
        targetPort: 80
        transport: 'http'
      }
      registries: [{ server: registry.properties.loginServer, identity: identity.outputs.id }]
      secrets: map(givenSecrets, secret => {
        name: secret.name
        identity: identity.outputs.id
        keyVaultUrl: '${vault.outputs.uri}secrets/${secret.name}'
      })
    }
    template: {
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'app'
          image: '${registry.properties.loginServer}/${image}'
          resources: { cpu: 2, memory: '4Gi' }
          env: concat(
            map(items(plainSettings), setting => { name: setting.key, value: setting.value }),
            map(givenSecrets, secret => { name: secret.setting, secretRef: secret.name })
          )
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/health/live', port: 80 }
              periodSeconds: 5
              failureThreshold: 60
            }
            {
              type: 'Liveness'
              httpGet: { path: '/health/live', port: 80 }
              periodSeconds: 30
              timeoutSeconds: 5
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: { path: '/health/ready', port: 80 }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 3
            }
          ]
        }
      ]
      scale: { minReplicas: replicas, maxReplicas: replicas }
    }
  }
  dependsOn: [pull]
}

output APP_URL string = url
