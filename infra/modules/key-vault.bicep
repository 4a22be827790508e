// The vault of the app's secrets. Who deploys writes them by the control plane; the app reads them by its identity.

param name string
param location string
param tags object

@description('Whether the vault is reached from the public network. Without it, by a private endpoint only.')
param isPublic bool

@description('Whether a deleted vault stays for 90 days whatever anybody does. Once on, it cannot be turned off.')
param purgeProtection bool

@description('The names of the secrets that there may be.')
param secretNames string[]

@description('Their values by their names. One that is empty is left as the vault has it.')
@secure()
param secretValues object

@description('Who reads them.')
param principalId string

@description('The name of that identity, of which the name of its role is made.')
param identityName string

@description('The id of the built-in role that it gets.')
param roleId string

@description('The workspace that hears of every access.')
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    // A later deployment takes the secrets from here: azd's akvs:// references.
    enabledForTemplateDeployment: true
    enablePurgeProtection: purgeProtection ? true : null
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: {
      // Template deployments come in by this also where the vault is closed.
      bypass: 'AzureServices'
      defaultAction: isPublic ? 'Allow' : 'Deny'
    }
  }

  resource secret 'secrets' = [
    for secretName in secretNames: if (!empty(secretValues[secretName])) {
      name: secretName
      properties: {
        value: secretValues[secretName]
        attributes: { enabled: true }
      }
    }
  ]
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identityName, roleId)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

output id string = vault.id
output uri string = vault.properties.vaultUri
