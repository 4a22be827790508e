// Lets an identity call the models of an Azure OpenAI resource that there is already.

@description('The resource, in the resource group that this is deployed to.')
param accountName string

param principalId string

@description('The name of that identity, of which the name of its role is made.')
param identityName string

@description('The id of the built-in role that it gets.')
param roleId string

resource account 'Microsoft.CognitiveServices/accounts@2025-12-01' existing = {
  name: accountName
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, identityName, roleId)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
  }
}
