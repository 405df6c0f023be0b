// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IMessaging {
    struct AccountInfo { int256 reputation; uint8 level; uint64 ups; uint64 downs; uint64 topics; uint64 messages; uint64 letters; bool isModerator; bool isBanned; }
    struct TopicInfo { uint64 topicId; address creator; bool isPinned; uint8 lockRank; uint8 hideRank; uint64 openedAt; uint64 openedHeight; uint64 messageCount; string title; string description; string[] tags; }
    struct BanInfo { bool isActive; bool isPermanent; uint64 since; uint64 sinceHeight; uint64 seconds_; uint8 rank; }
    struct EditInfo { bytes32 contentHash; uint64 replacedAt; uint64 replacedHeight; }
    struct LetterInfo { uint64 number; address sender; uint8 kind; uint64 sentAt; uint64 sentHeight; bytes32 contentHash; }
    struct KeyInfo { bytes32 publicKey; uint32 number; uint64 registeredAt; uint64 registeredHeight; }
    struct MessageInfo { uint64 messageId; uint64 topicId; uint64 parentId; address author; uint8 kind; uint8 status; bool isPinned; uint64 ups; uint64 downs; uint64 replyCount; uint32 editCount; uint64 postedAt; uint64 postedHeight; bytes32 contentHash; string text; }
    struct ParameterInfo { string key; uint256 value; uint256 defaultValue; uint256 minimum; uint256 maximum; uint256 stepMax; }
    event TopicOpened(uint64 indexed topicId, address indexed creator, string title, uint256 fee);
    event TopicTagged(string indexed tag, uint64 indexed topicId, address indexed creator, string name);
    event TopicPinned(uint64 indexed topicId, address indexed moderator, bool isPinned);
    event TopicLocked(uint64 indexed topicId, address indexed moderator, bool isLocked);
    event TopicHidden(uint64 indexed topicId, address indexed moderator, bool isHidden);
    event MessagePosted(address indexed author, uint64 indexed topicId, uint64 indexed messageId, uint8 kind, uint64 parentId, bytes32 contentHash, uint256 fee);
    event MessageEdited(address indexed author, uint64 indexed topicId, uint64 indexed messageId, bytes32 oldHash, bytes32 newHash, uint256 fee);
    event MessageDeleted(address indexed author, uint64 indexed topicId, uint64 indexed messageId);
    event MessageHidden(address indexed moderator, uint64 indexed topicId, uint64 indexed messageId, bool isHidden);
    event MessagePinned(address indexed moderator, uint64 indexed topicId, uint64 indexed messageId, bool isPinned);
    event Voted(address indexed voter, address indexed author, uint64 indexed messageId, int8 vote);
    event ModeratorGranted(address indexed account, uint64 indexed topicId, address indexed grantedBy);
    event ModeratorRevoked(address indexed account, uint64 indexed topicId, address indexed revokedBy);
    event Banned(address indexed account, uint64 indexed topicId, address indexed moderator, uint64 seconds_, bool isPermanent);
    event Unbanned(address indexed account, uint64 indexed topicId, address indexed moderator);
    event KeyRegistered(address indexed account, bytes32 publicKey, uint32 number);
    event SealedMessage(address indexed sender, address indexed recipient, uint64 number, bytes payload);
    event SealedPointer(address indexed sender, address indexed recipient, uint64 number, bytes32 contentHash, string uri);
    event AnswerAccepted(uint64 indexed questionId, uint64 indexed answerId, address indexed author);
    event ParameterChanged(string indexed key, string name, uint256 oldValue, uint256 newValue);
    error WrongFee(uint256 given, uint256 needed);
    error EmptyText();
    error TooLong(uint64 size, uint64 maximum);
    error BadTag(uint32 position);
    error TooMany(uint32 maximum);
    error UnknownTopic(uint64 topicId);
    error UnknownMessage(uint64 messageId);
    error TopicIsHidden(uint64 topicId);
    error TopicIsLocked(uint64 topicId);
    error NotVisible(uint64 messageId, uint8 status);
    error BadKind(uint8 kind);
    error BadParent(uint64 parentId);
    error BadVote();
    error OwnMessage();
    error NoChange();
    error NotAuthor();
    error NotCreator();
    error NotModerator(uint8 rank, uint8 needed);
    error IsBanned(address account, uint64 topicId);
    error BadDuration(uint64 maximum);
    error BadKey();
    error NoKey(address recipient);
    error NotSealed(uint32 minimum);
    error BadThresholds();
    error NotAnswer(uint64 messageId);
    error UnknownParameter(string key);
    error ParameterOutOfRange(string key, uint256 minimum, uint256 maximum, uint256 stepMax);
    error OnlyGovernance();
    error Reentered();
    function acceptAnswer(uint64 answerId) external;
    function acceptedAnswer(uint64 questionId) external view returns (uint64);
    function account(address account) external view returns (AccountInfo memory);
    function activeTopics(uint64 cursor, uint32 limit) external view returns (TopicInfo[] memory, uint64);
    function ban(address account, uint64 topicId, uint64 seconds_, bool isPermanent) external;
    function banOf(address account, uint64 topicId) external view returns (BanInfo memory);
    function checkParameters() external view;
    function counts() external view returns (uint64, uint64);
    function deleteMessage(uint64 messageId) external;
    function edit(uint64 messageId, string calldata text) external payable;
    function edits(uint64 messageId, uint64 cursor, uint32 limit) external view returns (EditInfo[] memory, uint64);
    function feeFor(uint64 size) external view returns (uint256);
    function governedCall(string calldata signature, bytes32 argument) external;
    function grantModerator(address account) external;
    function grantTopicModerator(uint64 topicId, address account) external;
    function hideMessage(uint64 messageId, bool isHidden) external;
    function hideTopic(uint64 topicId, bool isHidden) external;
    function historyRoot(uint64 messageId) external view returns (bytes32);
    function inbox(address account, uint64 cursor, uint32 limit) external view returns (LetterInfo[] memory, uint64);
    function keyOf(address account) external view returns (KeyInfo memory);
    function lockTopic(uint64 topicId, bool isLocked) external;
    function message(uint64 messageId) external view returns (MessageInfo memory);
    function messages(uint64 topicId, uint64 cursor, uint32 limit) external view returns (MessageInfo[] memory, uint64);
    function moderators() external view returns (address[] memory);
    function openTopic(string calldata title, string calldata description, string[] calldata tags) external payable returns (uint64);
    function parameter(string calldata key) external view returns (uint256);
    function parameterList() external view returns (ParameterInfo[] memory);
    function pinMessage(uint64 messageId, bool isPinned) external;
    function pinTopic(uint64 topicId, bool isPinned) external;
    function post(uint64 topicId, uint8 kind, uint64 parentId, string calldata text) external payable returns (uint64);
    function rankOf(address account, uint64 topicId) external view returns (uint8);
    function registerKey(bytes32 publicKey) external;
    function replies(uint64 messageId, uint64 cursor, uint32 limit) external view returns (MessageInfo[] memory, uint64);
    function revokeModerator(address account) external;
    function revokeTopicModerator(uint64 topicId, address account) external;
    function sendSealed(address to, bytes calldata sealed_) external payable returns (uint64);
    function sendSealedHash(address to, bytes32 contentHash, string calldata uri) external payable returns (uint64);
    function setParameter(string calldata key, uint256 value) external;
    function storedText(uint64 messageId) external view returns (string memory);
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function topic(uint64 topicId) external view returns (TopicInfo memory);
    function topicModerators(uint64 topicId) external view returns (address[] memory);
    function topics(uint64 before, uint32 limit) external view returns (TopicInfo[] memory, uint64);
    function unban(address account, uint64 topicId) external;
    function vote(uint64 messageId, int8 vote) external;
    function voteOf(uint64 messageId, address account) external view returns (int8);
    function withdrawAcceptance(uint64 questionId) external;
}
