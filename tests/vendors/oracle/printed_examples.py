"""What Oracle prints: the example, and the names in the schema, typed out."""

from __future__ import annotations

from typing import Any

PRINTED: dict[str, Any] = {
    "derivedPriceListGroup": None,
    "lastPurchaseDate": None,
    "lastName": "K",
    "GDPRProfileP13nConsentDate": None,
    "GDPRProfileP13nConsentGranted": False,
    "gender": "female",
    "catalog": None,
    "roles": [
        {
            "function": "buyer",
            "relativeTo": {
                "id": "100001",
            },
            "repositoryId": "100006",
            "name": "Buyer",
            "type": "organizationalRole",
        },
    ],
    "parentOrganization": {
        "name": "Oracle",
        "repositoryId": "100001",
        "description": "Oracle Org",
        "active": True,
        "shippingAddress": {},
        "secondaryAddresses": [
            {
                "firstName": "Harry",
                "lastName": "Potter",
                "country": "United States",
                "externalAddressId": "EXT_ADDR_1",
                "types": [
                    {
                        "displayName": "Billing",
                        "repositoryId": "ss-10002",
                        "id": "ss-10002",
                    },
                ],
                "phoneNumber": "9088988999",
                "city": "Arcadia",
                "address2": "Suite 400",
                "address1": "Grundy Lane",
                "postalCode": "91006",
                "repositoryId": "110033",
                "state": "CA",
            },
        ],
        "id": "100001",
        "billingAddress": {},
        "externalOrganizationId": "EXT_ORG_1",
    },
    "locale": "en",
    "shippingSurchargePriceList": None,
    "receiveEmailDate": None,
    "firstPurchaseDate": None,
    "profileType": "b2b_user",
    "translations": {},
    "loyaltyPrograms": [
        {
            "programName": "XTRAREWARDS",
            "repositoryId": 100001,
            "membershipId": "abc123",
            "programId": "prog1",
            "status": "Enrolled",
        },
        {
            "programName": "XTRAMILES",
            "repositoryId": 100002,
            "membershipId": "xyz123",
            "programId": "prog2",
            "status": "Enrolled",
        },
    ],
    "registrationDate": None,
    "links": [
        {
            "rel": "self",
            "href": "http://localhost:9080/ccadmin/v1/shopperProfiles/110006?offset=0&limit=2&sort=firstName%3Adesc",
        },
    ],
    "id": "110006",
    "email": "abc@example.com",
    "derivedSalePriceList": None,
    "daytimeTelephoneNumber": "212-555-1977",
    "taxExempt": False,
    "customerContactId": "CRMID_12345",
    "receiveEmail": "no",
    "priceListGroup": None,
    "active": "true",
    "dateOfBirth": None,
    "lastVisitDate": None,
    "previousVisitDate": None,
    "firstName": "bcd",
    "creditCards": [
        {
            "expirationYear": "2017",
            "tokenExpiryDate": None,
            "gatewayConfigId": None,
            "expirationMonth": "1",
            "creditCardType": "Visa",
            "source": None,
            "iin": None,
            "token": None,
            "cardProps": {},
            "nameOnCard": None,
            "creditCardNumber": "4539082039396288",
            "repositoryId": "se-usercc110031",
            "nickname": "Visa",
            "tokenCreatedDate": "2018-10-01T09:02:10.181Z",
            "cardSavedDate": None,
            "billingAddress": {
                "country": "US",
                "lastName": "Anderson",
                "types": [
                    {
                        "displayName": "Billing",
                        "repositoryId": "ss-10002",
                        "id": "ss-10002",
                    },
                ],
                "address3": None,
                "city": "Buffalo",
                "address2": None,
                "address1": "451 Brooks Ave",
                "postalCode": "14201",
                "county": None,
                "firstName": "Kim",
                "externalAddressId": "EXT_ADDR_1",
                "phoneNumber": "212-555-2150",
                "repositoryId": "se-990031",
                "state": "NY",
            },
            "id": "se-usercc110031",
            "expirationDayOfMonth": None,
        },
    ],
    "repositoryId": "110006",
    "firstVisitDate": None,
    "shippingAddress": {},
    "billingAddress": {},
    "userType": None,
    "derivedShippingSurchargePriceList": None,
    "secondaryOrganizations": [],
    "shippingAddresses": [],
}


def _names(text: str) -> set[str]:
    return set(text.split())


# the properties of Oracle's schema, by where they stand
ROOT = {"hasIncompleteOrder", "isAnonymous", "profileComments", "profileDetail"}
DETAIL = _names(
    """
    active approvalRequired catalog comments contactBillingAddress contactShippingAddress currentOrganization
    customerContactId dateOfBirth daytimeTelephoneNumber derivedTaxExemptionCode dynamicProperties email firstName
    GDPRProfileP13nConsentDate GDPRProfileP13nConsentGranted id lastName locale login loyaltyPrograms orderPriceLimit
    parentOrganization priceListGroup profileType receiveEmail receiveEmailDate repositoryId roles secondaryAddresses
    secondaryOrganizations shippingAddress shippingAddresses taxExempt taxExemptionCode
    """
)
ADDRESS = _names(
    """
    address1 address2 address3 city companyName country county dynamicProperty externalAddressId faxNumber firstName
    jobTitle lastName middleName phoneNumber postalCode prefix repositoryId state suffix
    """
)
NESTED: dict[str, set[str]] = {
    "catalog": {"repositoryId"},
    "comments.*": {"agent", "comment", "creationDate", "id", "item-id", "owner", "version"},
    "contactBillingAddress": ADDRESS | {"email"},
    "contactShippingAddress": ADDRESS,
    "currentOrganization": {"id"},
    "dynamicProperties.*": {"id", "type", "value"},
    "loyaltyPrograms.*": {"membershipId", "programId", "programName", "repositoryId", "status"},
    "parentOrganization": {"id", "name", "punchoutUserId", "repositoryId"},
    "priceListGroup": {"repositoryId"},
    "roles.*": {"function", "repositoryId"},
    "secondaryAddresses": ADDRESS | {"email"},
    "secondaryOrganizations.*": {"id"},
    "shippingAddress": ADDRESS | {"alias"},
    "shippingAddresses.*": ADDRESS | {"alias", "isDefaultAddress", "selectedCountry", "selectedState", "state_ISOCode"},
}
COMMENT = {"comment", "creationDate", "repositoryId"}
ERROR = {"devMessage", "errorCode", "errors", "message", "moreInfo", "o:errorPath", "status", "type"}
