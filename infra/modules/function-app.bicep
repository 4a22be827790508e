// The function app on a Flex Consumption plan.

import { grantSettings, knownSettings, nonEmpty, secretSetting, secretSettings, storageEndpoints } from 'app-settings.bicep'

param name string
param planName string
param location string
param tags object

param identityId string
param identityClientId string
param applicationInsightsName string
param workspaceId string
param vaultUri string
param hub storageEndpoints
param data storageEndpoints

@description('The container of the Durable account that the app\'s package lies in.')
param packageContainer string

@description('The subnet that the app goes out by; none where it is empty.')
param subnetId string

@minValue(0)
param alwaysReadyDurable int

@minValue(0)
param alwaysReadyHttp int

@allowed([2048, 4096])
param instanceMemoryMB int

@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

param isZoneRedundant bool

@description('Chosen settings; empty ones are left out.')
param settings object

param secrets secretSetting[]

param gitHubGrants string[]

var alwaysReady = filter(
  [
    { name: 'durable', instanceCount: alwaysReadyDurable }
    { name: 'http', instanceCount: alwaysReadyHttp }
  ],
  group => group.instanceCount > 0
)

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: isZoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // azd finds by this where the service of azure.yaml goes.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    // /admin is the platform's alone, also with the master key.
    #disable-next-line BCP037 // Not in the published schema, but read: https://learn.microsoft.com/azure/azure-functions/security-concepts
    functionsRuntimeAdminIsolationEnabled: true
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hub.blob}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        alwaysReady: alwaysReady
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(
      { Jobs__PublicUrl: 'https://${app.properties.defaultHostName}' },
      knownSettings(hub, data, identityClientId, applicationInsights.properties.ConnectionString),
      secretSettings(secrets, vaultUri),
      grantSettings(gitHubGrants),
      nonEmpty(settings)
    )
  }

  // Nobody deploys with a password.
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: app
  properties: {
    workspaceId: workspaceId
    // What the host says before it can reach Application Insights, and the reason when it does not start.
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
  }
}

output url string = 'https://${app.properties.defaultHostName}'
