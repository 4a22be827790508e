// A storage account without keys, and what one identity may do in it.

param name string
param location string
param tags object

@description('The redundancy of what is stored.')
param sku string

@description('Containers that something other than the app needs before the app starts.')
param containers string[] = []

@description('For how many days what was deleted or overwritten in blobs can be brought back; null for none.')
@minValue(1)
@maxValue(365)
param retentionDays int?

@description('Whether the account is reached from the public network. Without it, by private endpoints only.')
param isPublic bool

@description('Who gets the roles.')
param principalId string

@description('The name of that identity, of which the names of its roles are made.')
param identityName string

@description('The ids of the built-in roles that it gets on this account.')
param roleIds string[]

@description('Whether a workspace hears of deletions.')
param logsDeletions bool

@description('The workspace.')
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'None'
      defaultAction: isPublic ? 'Allow' : 'Deny'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: retentionDays != null
    deleteRetentionPolicy: retentionDays != null ? { enabled: true, days: retentionDays! } : { enabled: false }
    containerDeleteRetentionPolicy: retentionDays != null ? { enabled: true, days: retentionDays! } : { enabled: false }
  }

  resource container 'containers' = [
    for containerName in containers: {
      name: containerName
      properties: { publicAccess: 'None' }
    }
  ]
}

// Earlier versions would otherwise stay for ever.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-01-01' = if (retentionDays != null) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'delete-earlier-versions'
          type: 'Lifecycle'
          enabled: true
          definition: {
            actions: { version: { delete: { daysAfterCreationGreaterThan: retentionDays! } } }
            filters: { blobTypes: ['blockBlob'] }
          }
        }
      ]
    }
  }
  dependsOn: [blobs]
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource roles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in roleIds: {
    name: guid(account.id, identityName, roleId)
    scope: account
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    }
  }
]

resource blobDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logsDeletions) {
  name: 'deletions'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageDelete', enabled: true }]
  }
}

resource tableDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logsDeletions) {
  name: 'deletions'
  scope: tables
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageDelete', enabled: true }]
  }
}

output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
