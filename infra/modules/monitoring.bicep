// Application Insights, and the workspace that keeps what it and the resources' diagnostics say.

param workspaceName string
param applicationInsightsName string
param location string
param tags object

@description('For how many days records are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('The most gigabytes of records that a day may bring; what comes after them is lost until the next day.')
@minValue(1)
param dailyQuotaGb int

@description('Who writes telemetry.')
param principalId string

@description('The name of that identity, of which the name of its role is made.')
param identityName string

@description('The id of the built-in role that it gets.')
param roleId string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true }
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    // The app's own exporter writes by the connection string alone. That can write, and read nothing.
    DisableLocalAuth: false
    WorkspaceResourceId: workspace.id
  }
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(applicationInsights.id, identityName, roleId)
  scope: applicationInsights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
  }
}

output workspaceId string = workspace.id
output applicationInsightsId string = applicationInsights.id
