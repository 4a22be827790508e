// Whom to tell, and what of: queries over Application Insights, and the storage accounts' own count of requests that they refused.

param namePrefix string
param location string
param tags object
param applicationInsightsId string

@description('Where mail goes; nobody is told where it is empty, and the alerts are in the portal only.')
param email string

@description('The accounts whose throttling is told of.')
param storageAccountNames string[]

@description('An alert by a query.')
type queryAlert = {
  name: string
  description: string
  @description('0 is the worst.')
  severity: int
  @description('A query whose single row has the number `value`.')
  query: string
  operator: 'GreaterThan' | 'LessThan'
  threshold: int
  @description('The time that is looked at.')
  window: string
}

var queryAlerts queryAlert[] = [
  {
    name: 'server-errors'
    description: 'More than 1 in 100 requests ended with 5xx, and more than 5 did.'
    severity: 2
    query: 'requests | where toint(resultCode) >= 100 | summarize failed = sumif(itemCount, toint(resultCode) >= 500), total = sum(itemCount) | project value = iff(failed > 5, 100.0 * failed / total, 0.0)'
    operator: 'GreaterThan'
    threshold: 1
    window: 'PT15M'
  }
  {
    name: 'failed-jobs'
    description: 'More than a quarter of the jobs that ended have failed, and more than 5 did.'
    severity: 2
    query: 'customMetrics | where name == "jobs.finished" | summarize failed = sumif(valueSum, tolower(tostring(customDimensions.outcome)) == "failed"), total = sum(valueSum) | project value = iff(failed > 5, 100.0 * failed / total, 0.0)'
    operator: 'GreaterThan'
    threshold: 25
    window: 'PT30M'
  }
  {
    name: 'dead-host'
    description: 'No host has said anything for 15 minutes. A living one asks storage every 10 seconds whether a schedule is due.'
    severity: 1
    query: 'customMetrics | where name == "jobs.storage.transactions" | summarize value = count()'
    operator: 'LessThan'
    threshold: 1
    window: 'PT15M'
  }
  {
    name: 'long-queue'
    description: 'Jobs waited for more than 2 minutes on average before they began.'
    severity: 3
    query: 'customMetrics | where name == "jobs.queue.duration" | summarize seconds = sum(valueSum), jobs = sum(valueCount) | project value = iff(jobs > 0, seconds / jobs, 0.0)'
    operator: 'GreaterThan'
    threshold: 120
    window: 'PT15M'
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: '${namePrefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'jobs'
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource queries 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in queryAlerts: {
    name: '${namePrefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${namePrefix}: ${alert.name}'
      description: '${alert.description} Runbook: docs/operations.md, "Alerts".'
      severity: alert.severity
      enabled: true
      scopes: [applicationInsightsId]
      evaluationFrequency: 'PT5M'
      windowSize: alert.window
      autoMitigate: true
      // The first deployment comes before the first record.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            metricMeasureColumn: 'value'
            timeAggregation: 'Maximum'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: empty(email) ? [] : [actionGroup.id] }
    }
  }
]

resource throttling 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for accountName in storageAccountNames: {
    name: '${namePrefix}-throttled-${accountName}'
    location: 'global'
    tags: tags
    properties: {
      description: 'The storage account refused requests because they were too many. Runbook: docs/operations.md, "Alerts".'
      severity: 2
      enabled: true
      scopes: [resourceId('Microsoft.Storage/storageAccounts', accountName)]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: 'throttled'
            metricNamespace: 'Microsoft.Storage/storageAccounts'
            metricName: 'Transactions'
            timeAggregation: 'Total'
            operator: 'GreaterThan'
            threshold: 100
            dimensions: [
              {
                name: 'ResponseType'
                operator: 'Include'
                values: ['ClientAccountBandwidthThrottlingError', 'ClientAccountRequestThrottlingError', 'ClientThrottlingError', 'ServerBusyError']
              }
            ]
          }
        ]
      }
      actions: empty(email) ? [] : [{ actionGroupId: actionGroup.id }]
    }
  }
]

@description('Who is told; empty where nobody is.')
output actionGroupId string = empty(email) ? '' : actionGroup.id
