// The workbook that an operator looks at: workbook.json beside this file.

param location string
param tags object
param applicationInsightsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'jobs')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: 'Jobs'
    serializedData: string(loadJsonContent('workbook.json'))
    sourceId: applicationInsightsId
    version: '1.0'
  }
}
