// A Durable Task Scheduler with a task hub, as Durable's backend in the place of a storage account. Untried: README.md beside this file says why, and what else it takes.

param name string
param location string
param tags object

@description('The name of the hub, as host.json beside this file has it.')
param hubName string

@allowed(['Consumption', 'Dedicated'])
param sku string = 'Consumption'

@description('Which addresses may come in, as CIDR; an empty list lets nobody in. The identity is asked for all the same.')
param allowedAddresses string[] = ['0.0.0.0/0']

param principalId string

@description('The name of that identity, of which the name of its role is made.')
param identityName string
@description('The id of the built-in role that the identity gets.')
param roleId string

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    ipAllowlist: allowedAddresses
    sku: sku == 'Dedicated' ? { name: 'Dedicated', capacity: 1 } : { name: 'Consumption' }
  }

  resource hub 'taskHubs' = {
    name: hubName
    properties: {}
  }
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler.id, identityName, roleId)
  scope: scheduler
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
  }
}

output endpoint string = scheduler.properties.endpoint
